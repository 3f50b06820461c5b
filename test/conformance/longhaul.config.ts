// The operations that the official conformance suite calls, by the names and with the behaviour that its scenarios ask
// for. A configuration like any user's: the suite meets the product, not a server made for it.
import { setTimeout as sleep } from 'node:timers/promises';
import { defineConfig, defineOperation, OperationError, type InputRequest } from 'longhaul';
import * as z from 'zod';

const nothing = z.object({});

/** A question with one field. */
function ask(message: string, field: string, type: 'string' | 'boolean'): InputRequest {
  return {
    message,
    requestedSchema: { type: 'object', properties: { [field]: { type } }, required: [field] },
  };
}

const askName = { user_name: ask('What is your name?', 'name', 'string') };

const greet = defineOperation({
  name: 'greet',
  description: 'Greets somebody, at once.',
  input: z.object({ name: z.string() }),
  inlineWaitSeconds: 20,
  run: ({ name }) => `Hello, ${name}!`,
});

/** In either lane. */
const slowCompute = (name: string, lane: 'workflow' | 'activity') =>
  defineOperation({
    name,
    lane,
    description: 'Computes for as long as it is told to.',
    input: z.object({ seconds: z.number(), label: z.string().optional() }),
    inlineWaitSeconds: 0,
    run: async ({ seconds, label }, { signal }) => {
      await sleep(seconds * 1000, null, { signal });
      return `computed ${label ?? 'something'}`;
    },
  });

/** In either lane. */
const failingJob = (name: string, lane: 'workflow' | 'activity') =>
  defineOperation({
    name,
    lane,
    description: 'Fails after a second, as an operation that says why.',
    input: nothing,
    inlineWaitSeconds: 0,
    taskSupport: 'required',
    run: async (_, { signal }) => {
      await sleep(1000, null, { signal });
      throw new OperationError('UPSTREAM_REJECTED', 'the job failed, as it always does');
    },
  });

const protocolErrorJob = defineOperation({
  name: 'protocol_error_job',
  description: 'Breaks down without saying why.',
  input: nothing,
  inlineWaitSeconds: 0,
  run: () => {
    throw new Error('broken');
  },
});

const confirmDelete = defineOperation({
  name: 'confirm_delete',
  description: 'Asks before it deletes a file that does not exist.',
  input: z.object({ filename: z.string() }),
  inlineWaitSeconds: 0,
  idempotent: true, // its gateway is killed by a test, at any moment of an attempt
  run: ({ filename }, context) => {
    const { confirm } = context.ask({
      confirm: ask(`Delete ${filename}?`, 'confirm', 'boolean'),
    });
    return confirm.action === 'accept' ? `deleted ${filename}` : `kept ${filename}`;
  },
});

const multiInput = defineOperation({
  name: 'multi_input',
  description: 'Asks two questions at once.',
  input: nothing,
  inlineWaitSeconds: 0,
  run: (_, context) => {
    const form = {
      type: 'object',
      properties: { name: { type: 'string' }, confirm: { type: 'boolean' } },
    };
    const answers = context.ask({
      first: { message: 'Who comes first?', requestedSchema: form },
      second: { message: 'And who second?', requestedSchema: form },
    });
    return [answers.first.action, answers.second.action];
  },
});

/** Asks for a name before it starts, and greets. */
const greetAsked = (name: string, inlineWaitSeconds: number) =>
  defineOperation({
    name,
    description: 'Asks for a name before it starts, and greets.',
    input: nothing,
    inlineWaitSeconds,
    askFirst: () => askName,
    run: (_, context) => {
      const answer = context.ask(askName).user_name;
      return answer.action === 'accept'
        ? `Hello, ${JSON.stringify(answer.content['name'])}!`
        : 'Hello!';
    },
  });

/** Asks for a confirmation before it starts. */
const confirmAsked = (name: string) =>
  defineOperation({
    name,
    description: 'Asks for a confirmation before it starts.',
    input: nothing,
    inlineWaitSeconds: 20,
    askFirst: () => ({ confirm: ask('Please confirm', 'ok', 'boolean') }),
    run: () => 'state-ok',
  });

const multiRound = defineOperation({
  name: 'test_input_required_result_multi_round',
  description: 'Asks for a name, and then for a colour.',
  input: nothing,
  inlineWaitSeconds: 20,
  run: (_, context) => {
    context.ask({ step1: ask('Step 1: What is your name?', 'name', 'string') });
    context.ask({ step2: ask('Step 2: What is your favorite color?', 'color', 'string') });
    return 'thank you';
  },
});

const simpleText = defineOperation({
  name: 'test_simple_text',
  description: 'Returns a text.',
  input: nothing,
  inlineWaitSeconds: 20,
  run: () => 'This is a simple text response for testing.',
});

const logging = defineOperation({
  name: 'test_logging_tool',
  description: 'Writes to the log of the operator, which no client sees.',
  input: nothing,
  inlineWaitSeconds: 0, // the suite waits half a second, which a run may take on a slow machine
  run: (_, { log }) => {
    log.info('this line is for the operator');
    return 'logged';
  },
});

const errorHandling = defineOperation({
  name: 'test_error_handling',
  description: 'Fails at once.',
  input: nothing,
  inlineWaitSeconds: 20,
  run: () => {
    throw new OperationError('UPSTREAM_REJECTED', 'This tool intentionally returns an error');
  },
});

const withProgress = defineOperation({
  name: 'test_tool_with_progress',
  description: 'Says three times how far it is.',
  input: nothing,
  inlineWaitSeconds: 25,
  run: async (_, context) => {
    for (const fraction of [0, 0.5, 1]) {
      context.progress(fraction, 'under way');
      // Progress travels with heartbeats, of which one a second is sent.
      await sleep(2500, null, { signal: context.signal });
    }
    return 'done';
  },
});

export default defineConfig({
  operations: [
    greet,
    slowCompute('slow_compute', 'workflow'),
    slowCompute('quick_compute', 'activity'),
    failingJob('failing_job', 'workflow'),
    failingJob('quick_failure', 'activity'),
    protocolErrorJob,
    confirmDelete,
    multiInput,
    greetAsked('test_tool_with_task', 0),
    greetAsked('test_input_required_result_elicitation', 20),
    greetAsked('test_streaming_elicitation', 20),
    confirmAsked('test_input_required_result_request_state'),
    confirmAsked('test_input_required_result_tampered_state'),
    multiRound,
    simpleText,
    logging,
    errorHandling,
    withProgress,
  ],
});
