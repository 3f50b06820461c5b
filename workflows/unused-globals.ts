// What no workflow uses of the globals of JavaScript. Workflows share one context, and whenever another one goes on in it than before, the
// SDK compares and keeps every global: each that is not there makes a task cheaper. A test sees that the bundle names none of these.
const UNUSED = [
  ...['AggregateError', 'EvalError', 'URIError', 'SuppressedError'],
  ...['Int8Array', 'Int16Array', 'Int32Array', 'BigInt64Array', 'BigUint64Array'],
  ...['Uint8ClampedArray', 'Float16Array', 'Float32Array', 'Float64Array'],
  ...['Atomics', 'SharedArrayBuffer', 'WeakMap', 'WeakSet', 'Iterator', 'Intl'],
  ...['DisposableStack', 'AsyncDisposableStack'],
  ...['decodeURI', 'decodeURIComponent', 'encodeURI', 'escape', 'unescape', 'eval'],
];

for (const name of UNUSED) Reflect.deleteProperty(globalThis, name);
