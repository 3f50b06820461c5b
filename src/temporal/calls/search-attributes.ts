// The search attributes by which people find tasks in the Temporal UI and the gateway lists them.
import { SEARCH_ATTRIBUTE } from '../../contract/workflow/search-attributes.ts';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributePair,
} from '@temporalio/common';
import { toIdPart } from './identity.ts';

export const OPERATION = defineSearchAttributeKey(
  SEARCH_ATTRIBUTE.operation,
  SearchAttributeType.KEYWORD,
);
export const PRINCIPAL = defineSearchAttributeKey(
  SEARCH_ATTRIBUTE.principal,
  SearchAttributeType.KEYWORD,
);
export const KEY = defineSearchAttributeKey(SEARCH_ATTRIBUTE.key, SearchAttributeType.KEYWORD);

/** All of them, by name, for registration. */
export const SEARCH_ATTRIBUTES: Readonly<Record<string, 'Keyword'>> = {
  [OPERATION.name]: 'Keyword',
  [PRINCIPAL.name]: 'Keyword',
  [KEY.name]: 'Keyword',
};

export function toTaskAttributes(task: {
  readonly operation: { readonly name: string };
  readonly principal: string;
  readonly keyPart: string;
}): SearchAttributePair[] {
  return [
    { key: OPERATION, value: task.operation.name },
    { key: PRINCIPAL, value: toIdPart(task.principal) },
    { key: KEY, value: task.keyPart },
  ];
}
