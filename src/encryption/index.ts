// Encryption of what is written down: keys, and what they seal.
export { deriveInstallationKey } from './installation-key.ts';
export { createKeyText, parseKey } from './key.ts';
export { createKeyring, KEY_ID, NO_KEYS } from './keyring.ts';
export type { Encryption, Key, Keyring } from './keyring.ts';
export { decrypt, encrypt } from './cipher.ts';
export { open, seal } from './seal.ts';
