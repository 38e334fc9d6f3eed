import { cx } from "class-variance-authority";

/** Joins class names. Of two for the same thing neither wins: a component that is to look otherwise has a property for it. */
export const cn: typeof cx = cx;
