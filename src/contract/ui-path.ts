// Where a workflow is in the Temporal UI.

/** The path of its history, below the address of the UI; it stands in Markdown as it is. */
export function toUiPath(namespace: string, workflowId: string, runId: string): string {
  const steps = ['namespaces', namespace, 'workflows', workflowId, runId, 'history'];
  const path = steps.map(encodeURIComponent).join('/');
  return `/${path.replaceAll(/[()]/g, (one) => (one === '(' ? '%28' : '%29'))}`;
}
