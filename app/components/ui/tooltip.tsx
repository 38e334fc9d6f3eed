import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

const OPEN_AFTER_MS = 300;

/**
 * A remark on hover and focus. `children` is one element that can have the focus. Nothing may stand only here: touch
 * screens and browsers without JavaScript do not show it.
 */
export function Tooltip({ content, side = "top", children }: { content: ReactNode; side?: "top" | "bottom"; children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={OPEN_AFTER_MS}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            side={side}
            sideOffset={6}
            collisionPadding={12}
            className="pop z-50 max-w-72 animate-fade rounded-control px-2.5 py-1.5 text-xs text-ink"
          >
            {content}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
