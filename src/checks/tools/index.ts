export { toolFindings, tools } from './tools.ts';
