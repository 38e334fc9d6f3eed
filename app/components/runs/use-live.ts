import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { Api } from "#app/api.client.ts";

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
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void ask();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [active, revalidate]);
}
