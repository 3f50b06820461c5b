// Authentication and authorization: what the faces and the commands use of it.
export { createGate, type Gate, type GateRefusal } from './gate.ts';
export type { Identity, Verify } from './identity.ts';
export { describeResource } from './metadata.ts';
export { createOAuthVerifier } from './oauth.ts';
export { isTokenName } from './principal.ts';
export { ANSWER, DECODE, holds, OPERATE, READ, SCOPE, WRITE } from './scopes.ts';
export { createTokenFileVerifier, parseTokenFile } from './token-file.ts';
export { createToken, findNameOfOtherCase, hashToken, toTokenLine } from './token-line.ts';
export { isTrustworthyUrl } from './trustworthy-url.ts';
