import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentPropsWithoutRef, ReactNode } from "react";
import { cn } from "./cn.ts";

const cardClass = cva("glass relative min-w-0 rounded-card has-[details[open]_.pop]:z-20", {
  variants: {
    padding: { none: "", sm: "p-4", md: "p-4 sm:p-5", lg: "p-6 sm:p-8" },
    interactive: {
      true: "transition-[border-color,translate,background-color] duration-200 hover:-translate-y-0.5 hover:border-accent-line has-[a:focus-visible]:border-accent",
      false: "",
    },
  },
  defaultVariants: { padding: "md", interactive: false },
});

export interface CardProps extends Omit<ComponentPropsWithoutRef<"div">, "title">, VariantProps<typeof cardClass> {
  title?: ReactNode;
  description?: ReactNode;
  /** Buttons or links at the end of the title's line. */
  actions?: ReactNode;
  /** The title's level: h3 inside a `Section`, h2 right under the page's header. */
  titleAs?: "h2" | "h3";
  as?: "div" | "section" | "article" | "li";
}

/** A pane of glass, that rises above its neighbours while a menu in it is open. `interactive` is for a card that is one link as a whole. */
export function Card({
  title,
  description,
  actions,
  as: Tag = "div",
  titleAs: Heading = "h3",
  padding,
  interactive,
  className,
  children,
  ...rest
}: CardProps) {
  return (
    <Tag className={cn(cardClass({ padding, interactive }), className)} {...(rest as object)}>
      {(title || actions) && (
        <div
          className={cn(
            "mb-4 flex flex-wrap items-start justify-between gap-x-4 gap-y-2",
            padding === "none" && "px-4 pt-4 sm:px-5 sm:pt-5",
          )}
        >
          <div className="min-w-0">
            <Heading className="text-[0.9375rem] font-semibold">{title}</Heading>
            {description && <p className="mt-0.5 text-[0.8125rem] text-ink-muted">{description}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </div>
      )}
      {children}
    </Tag>
  );
}
