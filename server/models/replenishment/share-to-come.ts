/**
 * The chance that a purchase is still to come, of a customer who comes back with chance `returns` and of whose gap the part whose logarithm is `logTail`
 * lies after now: it falls the longer the customer is silent.
 */
export function shareToCome(returns: number, logTail: number): number {
  return returns === 1 ? 1 : 1 / (1 + ((1 - returns) / returns) * Math.exp(-logTail));
}
