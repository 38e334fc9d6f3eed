import type { ShouldRevalidateFunctionArgs } from "@remix-run/react";

/** Where somebody else was faster the page shows what they did, as it does where what was sent is done. */
export const shouldRevalidate = ({ actionStatus, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs): boolean =>
  actionStatus === 409 || defaultShouldRevalidate;
