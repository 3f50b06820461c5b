"""Reads and writes payloads as Longhaul encrypts them. Only workers of activities need it, and only where encryption is on."""

import base64
import dataclasses
import json
import os
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    default,
)

NONCE = 12


class LonghaulCodec(PayloadCodec):
    def __init__(self, keys: dict[str, str]) -> None:
        """Keys in Base64 by their ids, as `encryption.keys` has them; the first encrypts."""
        self.keys = {key_id: AESGCM(base64.b64decode(key)) for key_id, key in keys.items()}
        self.active = next(iter(keys))

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._decrypt(payload) for payload in payloads]

    def _encrypt(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE)
        sealed = self.keys[self.active].encrypt(
            nonce, payload.SerializeToString(), bound(self.active, "")
        )
        metadata = {
            "encoding": b"binary/encrypted",
            "encryption-algorithm": b"AES-256-GCM",
            "encryption-key-id": self.active.encode(),
        }
        return Payload(metadata=metadata, data=nonce + sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != b"binary/encrypted":
            return payload
        key_id = payload.metadata["encryption-key-id"].decode()
        workflow_id = payload.metadata.get("encryption-workflow-id", b"").decode()
        nonce, sealed = payload.data[:NONCE], payload.data[NONCE:]
        return Payload.FromString(
            self.keys[key_id].decrypt(nonce, sealed, bound(key_id, workflow_id))
        )


def bound(key_id: str, workflow_id: str) -> bytes:
    """What a payload belongs to: moved elsewhere, it is not read."""
    parts = ["longhaul payload", key_id, workflow_id]
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode()


def converter() -> DataConverter:
    """With the keys of LONGHAUL_KEYS, such as `{"2026-11": "..."}`; without them, nothing is encrypted."""
    keys = json.loads(os.environ.get("LONGHAUL_KEYS", "{}"))
    if not keys:
        return default()
    return dataclasses.replace(
        default(),
        payload_codec=LonghaulCodec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
