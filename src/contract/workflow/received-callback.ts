// A callback of an upstream, as gateway, workflow and worker know it: what an upstream sends when a job has ended, in place of
// being polled. Gateway and worker differ in age: fields are only ever added, and a new one is optional.

/** The signal that brings one to the task whose job it is about. */
export const CALLBACK_SIGNAL = 'callbackReceived';

/** Where gateways take them; the token of the task follows. */
export const CALLBACKS_PATH = '/callbacks/';

export interface ReceivedCallback {
  /** The end of the address that it was sent to. */
  readonly token: string;
  /** When the gateway had it, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Those that the operation reads, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it was sent, as text. */
  readonly body: string;
}
