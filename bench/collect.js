// Loaded into a worker whose memory is measured: at a signal each thread collects all of its garbage and gives back the pages that V8
// keeps for more, as V8 does by itself when a process is idle, so that what is left is what is kept.
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const collect = () => {
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
};
const channel = new BroadcastChannel('collect');
channel.onmessage = collect;
channel.unref();
if (isMainThread) {
  process.on('SIGUSR2', () => {
    channel.postMessage(null);
    collect();
  });
}
