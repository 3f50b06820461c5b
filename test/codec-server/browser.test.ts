// The session of the codec server in a real browser: which pages have its cookie sent. Skipped on a machine without Chromium or Chrome.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { defaultPayloadConverter } from '@temporalio/common';
import { toPayloadsJson } from '../../src/codec-server/payload-json.ts';
import { createPayloadCodec } from '../../src/temporal/codec/payload-codec.ts';
import { createTestEncryption, createTestKey } from '../encryption/keys.ts';
import { BROWSER, startBrowser } from '../support/processes/browser.ts';
import { startTestCodecServer } from './test-codec-server.ts';

const { keyring } = createTestEncryption(createTestKey('k1'));
const plain = defaultPayloadConverter.toPayload({ secret: 'plaintext' });

/** A web server that is asked for pages by any name; it keeps the cookies that came. */
async function startPages() {
  const cookies: (string | undefined)[] = [];
  const server = createServer(({ url, headers }, response) => {
    if (url === '/page') cookies.push(headers.cookie);
    response.setHeader('content-type', 'text/html').end('<title>A page</title>');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    cookies,
    originOf: (name: string) => `http://${name}:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function expectSessionToStay(): Promise<void> {
  await using pages = await startPages();
  const ui = pages.originOf('temporal.example.test');
  const otherSite = pages.originOf('temporal.elsewhere.test');
  const name = 'codec.example.test';
  await using server = await startTestCodecServer(keyring, [ui, otherSite], [name]);
  await using browser = await startBrowser();
  const codec = server.url.replace('127.0.0.1', name);
  const payload = { type: 'workflow', namespace: 'default', workflowId: 'local:one' } as const;
  const sealed = await createPayloadCodec(keyring).encode([plain], payload);
  const body = JSON.stringify(toPayloadsJson(sealed));
  /** What a page gets; `null` where the browser does not show it the answer. */
  const decodeAt = async (origin: string, credentials: 'include' | 'omit' = 'include') => {
    await browser.open(`${origin}/page`);
    const sent = {
      ...{ method: 'POST', body, credentials },
      headers: { 'content-type': 'application/json' },
    };
    return browser.evaluate(
      `fetch(${JSON.stringify(`${codec}/decode`)}, ${JSON.stringify(sent)})
        .then(async (answer) => [answer.status, await answer.text()], () => null)`,
    );
  };
  const decoded = [200, JSON.stringify(toPayloadsJson([plain]))];
  const refused = [401, expect.any(String)];

  expect(await decodeAt(ui)).toEqual(refused);
  const token = server.headerOf('operator').replace('Bearer ', '');
  await browser.open(codec);
  await browser.evaluate(
    `document.querySelector('[name=token]').value = ${JSON.stringify(token)}; document.querySelector('button').click()`,
  );
  await browser.until('document.body.innerText.includes("Signed in.")');
  expect(await browser.evaluate('document.cookie')).toBe('');

  expect(await decodeAt(ui)).toEqual(decoded);
  expect(await decodeAt(ui, 'omit')).toEqual(refused);
  // listed as well, so that nothing but the missing cookie stops it
  expect(await decodeAt(otherSite)).toEqual(refused);
  expect(await decodeAt(pages.originOf('evil.example.test'))).toBeNull();
  expect(pages.cookies.filter((cookie) => cookie !== undefined)).toEqual([]);
  await browser.open(pages.originOf(name) + '/page');
  expect(pages.cookies.at(-1)).toMatch(/^longhaul_codec=/); // cookies know no ports

  await browser.open(codec);
  await browser.evaluate(`document.querySelector('[action="/sign-out"] button').click()`);
  await browser.until('document.body.innerText.includes("Signed out.")');
  expect(await decodeAt(ui)).toEqual(refused);
}

(BROWSER === '' ? test.skip : test)(
  'the session of a browser goes to listed pages of the same site alone, is read by none, and ends',
  expectSessionToStay,
);
