// Loaded into a worker whose memory is measured: collects garbage every few seconds, so that what is left is what is kept.
import { setInterval } from 'node:timers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
setInterval(collect, 5_000).unref();
