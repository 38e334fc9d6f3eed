import { useNavigation } from "@remix-run/react";

/** A thin line at the top while a page is on its way. It waits a moment, so that fast pages show nothing. */
export function NavigationProgress() {
  const { state } = useNavigation();
  if (state === "idle") return null;
  return (
    <div aria-hidden className="pointer-events-none fixed inset-x-0 top-0 z-50 h-0.5">
      <div className="h-full origin-left animate-progress bg-linear-to-r from-accent to-magenta shadow-[0_0_12px_var(--accent)] [animation-delay:150ms] rtl:origin-right" />
    </div>
  );
}
