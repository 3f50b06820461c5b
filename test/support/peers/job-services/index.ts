// The peers of the services in examples/services, by the names of their files.
import { AIRFLOW_TO_ELASTICSEARCH } from './airflow-to-elasticsearch.ts';
import { FAL_TO_OPENAI } from './fal-to-openai.ts';
import { PERPLEXITY_TO_STRIPE } from './perplexity-to-stripe.ts';

export const JOB_SERVICES = {
  ...AIRFLOW_TO_ELASTICSEARCH,
  ...FAL_TO_OPENAI,
  ...PERPLEXITY_TO_STRIPE,
};
