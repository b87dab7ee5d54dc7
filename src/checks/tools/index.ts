export { unobservedTools } from './unobservedTools.ts';
