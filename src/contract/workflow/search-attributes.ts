// The names of the search attributes by which people find tasks in the Temporal UI and gateways list them.

export const SEARCH_ATTRIBUTE = {
  operation: 'LonghaulOperation',
  principal: 'LonghaulPrincipal',
  key: 'LonghaulKey',
} as const;
