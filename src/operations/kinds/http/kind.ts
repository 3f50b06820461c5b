// The kind `http`: one HTTP exchange.
import type { Kind } from '../kind.ts';
import { httpDeclarationSchema } from './declaration.ts';
import { createHttpOperation } from './operation.ts';

export const http: Kind<typeof httpDeclarationSchema> = {
  kind: 'http',
  schema: httpDeclarationSchema,
  example: `// One HTTP request, answered with the result. {city} comes from the parameters.
get_forecast: {
  kind: 'http',
  description: 'Gets the weather forecast of a city. Takes a few seconds.',
  input: {
    type: 'object',
    properties: { city: { type: 'string', description: 'Name of the city, such as Oslo.' } },
    required: ['city'],
  },
  request: {
    url: 'https://api.example.com/forecasts/{city}',
    // A secret is named, never written down; it is read when the request is made.
    // headers: { authorization: 'Bearer \${env:FORECAST_TOKEN}' },
  },
  response: { result: '/forecast' },
  policy: { totalTimeoutSeconds: 30, retryAttempts: 2 },
},`,
  inCode: 'defineOperation',
  define: createHttpOperation,
};
