import type { IconNode, LucideIcon, LucideProps } from "lucide-react";
import { createElement, forwardRef } from "react";

/**
 * Takes the place of lucide-react's own `createLucideIcon` in the build (vite.config.ts): that one puts an icon's parts, attributes
 * and class names together anew at each render, which a table does for each of its rows. Here they are made once; an icon that
 * nothing names is hidden from screen readers, as there.
 */
export default function iconOf({ node, size }: { node: IconNode; size: number }): LucideIcon {
  const parts = node.map(([tag, attributes]) => createElement(tag, attributes));
  const common = {
    "aria-hidden": true,
    width: size,
    height: size,
    viewBox: `0 0 ${size} ${size}`,
    fill: "none",
    stroke: "currentColor",
    strokeWidth: 2,
    strokeLinecap: "round",
    strokeLinejoin: "round",
  } as const;
  return forwardRef<SVGSVGElement, LucideProps>((props, ref) => createElement("svg", { ...common, ...props, ref }, parts));
}
