// The HTTP clients of a worker: requests of all its operations share them.
import { createHttpClients, type HttpClients } from '../../../http/client.ts';
import type { Service } from '../../services.ts';

export const httpClients: Service<HttpClients> = { open: createHttpClients };
