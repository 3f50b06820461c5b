// The door to operations that are declared instead of coded.
export { httpDeclarationSchema, type HttpDeclaration } from './declaration.ts';
export { defineHttpJob } from '../http-job/job.ts';
export { httpJobDeclarationSchema, type HttpJobDeclaration } from '../http-job/job-declaration.ts';
export { defineHttpOperation } from './operation.ts';
export type { Environment } from './url-template.ts';
