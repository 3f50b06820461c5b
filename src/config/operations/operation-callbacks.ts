// The callbacks of operations against the `callbacks` group: one that could never be sent is found at the start, not a day later.
import { createCallbackRules } from '../../callbacks/rules.ts';
import type { ConfiguredOperation } from './declared-operations.ts';
import type { Finding } from '../explain/problem.ts';
import type { ParsedConfig } from '../schema.ts';

export function toCallbackFindings(
  { callbacks: settings }: Pick<ParsedConfig, 'callbacks'>,
  configured: readonly ConfiguredOperation[],
): Finding[] {
  return configured.flatMap(({ operation: { name, callbacks = [] } }) => {
    const rules = createCallbackRules(settings, () => callbacks);
    return callbacks.flatMap(({ url }, index) => {
      const path = ['operations', name, 'callbacks', index];
      const secrets = rules.secretsOf(name, url);
      if (secrets === null) {
        const { hostname } = new URL(url);
        const message = `expected https, or "${hostname}" among callbacks.allowPrivate`;
        return [{ path, message }];
      }
      return secrets.length > 0
        ? []
        : [{ path, message: 'expected secrets of its own, or some in callbacks.secrets' }];
    });
  });
}
