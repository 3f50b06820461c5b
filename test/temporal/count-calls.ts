// A connection that tells of every call to Temporal's workflow service.
import type { NativeConnection } from '@temporalio/worker';

/** The same connection; `report` is given the name of each call, `longPoll` for one that waits for the end of a run. */
export function countCalls(
  connection: NativeConnection,
  report: (call: string) => void,
): NativeConnection {
  const workflowService = new Proxy(connection.workflowService, {
    get: (service, name) => {
      const method: unknown = Reflect.get(service, name);
      if (typeof method !== 'function') return method;
      return (...request: unknown[]) => {
        const [{ waitNewEvent }] = request as [{ waitNewEvent?: boolean }];
        const isLongPoll = waitNewEvent === true || name === 'pollActivityExecution';
        report(isLongPoll ? 'longPoll' : String(name));
        return Reflect.apply(method, service, request) as unknown;
      };
    },
  });
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === 'workflowService') return workflowService;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
