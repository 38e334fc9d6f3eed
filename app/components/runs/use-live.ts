import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { Api } from "#app/api.client.ts";

/** Soon at first, since much of what is waited for is done within seconds; then every five. */
const FIRST_LOOK_MS = 2_000;
const LOOK_EVERY_MS = 5_000;

/**
 * While something is going on and the page is looked at, asks `look` every few seconds, which is a small question, and the
 * page's loaders only when its answer has changed or is a refusal, which they know how to tell.
 */
export function useLive(active: boolean, look: (api: Api) => Promise<unknown>) {
  const { revalidate } = useRevalidator();
  const question = useRef(look);
  question.current = look;
  useEffect(() => {
    if (!active) return;
    let last: string | undefined;
    const ask = async () => {
      const { api, isUnanswered } = await import("#app/api.client.ts");
      try {
        const answer = JSON.stringify(await question.current(api));
        if (answer !== last) revalidate();
        last = answer;
      } catch (error) {
        // Nobody answered: the next look asks again.
        if (!isUnanswered(error)) revalidate();
      }
    };
    const look = () => {
      if (document.visibilityState === "visible") void ask();
      timer = setTimeout(look, LOOK_EVERY_MS);
    };
    let timer = setTimeout(look, FIRST_LOOK_MS);
    return () => clearTimeout(timer);
  }, [active, revalidate]);
}
