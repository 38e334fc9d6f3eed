/** Stands in for `co-body`, which trpc-to-openapi's Node adapters import and a Worker never calls. */
export default {};
