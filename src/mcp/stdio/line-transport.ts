// The SDK's transport over stdio, except that it is given whole lines and no number in them loses a digit.
import { parseJSONRPCMessage } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { parseJson } from '../../contract/json/exact-number.ts';

/** Reads from a stream of lines, each a JSON text. */
export class LineTransport extends StdioServerTransport {
  override _ondata = (line: Buffer): void => {
    try {
      this.onmessage?.(parseJSONRPCMessage(parseJson(line.toString())));
    } catch (error) {
      this.onerror?.(error as Error);
    }
  };
}
