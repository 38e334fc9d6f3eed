import type { IconNode, LucideIcon, LucideProps } from "lucide-react";
import { createElement, forwardRef } from "react";

/**
 * Takes the place of lucide-react's own `createLucideIcon` in the build (vite.config.ts): that one puts an icon's parts, attributes
 * and class names together anew at each render, which a table does for each of its rows. Here they are one text, made once; an icon that
 * nothing names is hidden from screen readers, as there.
 */
export default function iconOf({ node, size }: { node: IconNode; size: number }): LucideIcon {
  const parts = { __html: node.map(([tag, attributes]) => `<${tag}${textOf(attributes)}/>`).join("") };
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
  return forwardRef<SVGSVGElement, LucideProps>((props, ref) =>
    createElement("svg", { ...common, ...props, ref, dangerouslySetInnerHTML: parts }),
  );
}

/** An icon's attributes are numbers, and names of the package's own. */
const textOf = ({ key: _, ...attributes }: IconNode[number][1]): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");
