import { useSyncExternalStore } from "react";

const subscribe = () => () => undefined;

/** False on the server and in the first browser render, true from then on: what needs JavaScript appears then. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
