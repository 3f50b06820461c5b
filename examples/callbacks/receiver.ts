// A receiver of callbacks: verifies what comes, prints it, and answers 204; 400 for what is forged.
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env['CALLBACK_SECRET'] ?? '');

async function receive(request: IncomingMessage): Promise<number> {
  const event = webhook.verify(await text(request), request.headers as Record<string, string>);
  process.stdout.write(`${JSON.stringify(event)}\n`);
  return 204;
}

createServer((request, response) => {
  void receive(request)
    .catch(() => 400)
    .then((status) => response.writeHead(status).end());
}).listen(8787, '127.0.0.1');
