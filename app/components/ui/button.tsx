import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Children, type ComponentPropsWithoutRef, cloneElement, forwardRef, type HTMLAttributes, isValidElement, useContext } from "react";
import { cn } from "./cn.ts";
import { ReadOnly } from "./read-only.ts";

export const buttonClass = cva(
  [
    "inline-flex shrink-0 items-center justify-center gap-2 rounded-control border font-medium whitespace-nowrap select-none",
    "transition-[background-color,border-color,color,box-shadow,translate] active:translate-y-px",
    "disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-progress aria-disabled:opacity-70",
    "[&_svg]:size-4 [&_svg]:shrink-0",
  ],
  {
    variants: {
      variant: {
        primary:
          "border-transparent bg-accent text-accent-ink shadow-[0_0_0_3px_var(--accent-soft),0_6px_20px_-12px_var(--accent)] hover:bg-accent-hover",
        secondary: "border-line-strong bg-hover text-ink hover:border-line-control hover:bg-line",
        ghost: "border-transparent text-ink-muted hover:bg-hover hover:text-ink",
        danger: "border-transparent bg-danger-fill text-danger-fill-ink hover:opacity-90",
      },
      size: {
        sm: "h-8 px-2.5 text-[0.8125rem]",
        md: "h-9 px-3.5 text-sm",
        lg: "h-11 px-5 text-[0.9375rem]",
        icon: "size-9 p-0",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export interface ButtonProps extends ComponentPropsWithoutRef<"button">, VariantProps<typeof buttonClass> {
  /** Shows a spinner and swallows further clicks; the focus stays. */
  pending?: boolean;
  /** Gives the look to its only child, say a `<Link>`. */
  asChild?: boolean;
  /** What it does changes something, or leads to a consent: disabled where the page is only looked at. */
  changes?: boolean;
}

/** A button, of type `button` unless told otherwise. `primary` is for the one main action of a page. */
export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { variant, size, pending = false, asChild = false, changes = false, className, type = "button", children, onClick, ...rest },
  ref,
) {
  const off = useContext(ReadOnly) && changes;
  const classes = cn(buttonClass({ variant, size }), className);
  if (asChild) {
    const child = Children.only(children);
    if (!isValidElement<HTMLAttributes<HTMLElement>>(child)) throw new Error("A button's only child is an element.");
    if (off) {
      return (
        <button type="button" disabled className={cn(classes, child.props.className)}>
          {child.props.children}
        </button>
      );
    }
    return cloneElement(child, { ...rest, ...child.props, className: cn(classes, child.props.className) });
  }
  return (
    <button
      ref={ref}
      type={type}
      className={classes}
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      onClick={(event) => (pending ? event.preventDefault() : onClick?.(event))}
      {...rest}
      disabled={off || rest.disabled}
    >
      {pending && <LoaderCircle aria-hidden className="animate-spin" />}
      {children}
    </button>
  );
});
