// A program that serves the face over the fake task service on stdio, for real clients to start.
import { serveStdioGateway } from '../../../src/mcp/stdio/gateway.ts';
import { createFace } from './face.ts';

await serveStdioGateway({ factory: createFace().factory });
