/** A clock in the test's hands. */
export function testClock(start = Date.parse("2026-03-01T10:00:00Z")) {
  let at = start;
  return {
    now: () => at,
    advance: (ms: number) => {
      at += ms;
    },
  };
}
