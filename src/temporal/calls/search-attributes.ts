// The search attributes by which people find tasks in the Temporal UI and the gateway lists them.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const OPERATION = defineSearchAttributeKey('LonghaulOperation', SearchAttributeType.KEYWORD);
export const PRINCIPAL = defineSearchAttributeKey('LonghaulPrincipal', SearchAttributeType.KEYWORD);
export const KEY = defineSearchAttributeKey('LonghaulKey', SearchAttributeType.KEYWORD);

/** All of them, by name, for registration. */
export const SEARCH_ATTRIBUTES: Readonly<Record<string, 'Keyword'>> = {
  [OPERATION.name]: 'Keyword',
  [PRINCIPAL.name]: 'Keyword',
  [KEY.name]: 'Keyword',
};
