import { cn } from "./cn.ts";

/** A shimmering place for what is still loading; give it the size of what will come. */
export function Skeleton({ className = "h-4" }: { className?: string }) {
  return <span aria-hidden className={cn("skeleton block rounded-control", className)} />;
}
