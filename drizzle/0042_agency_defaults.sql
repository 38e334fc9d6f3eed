CREATE TABLE `agency_defaults` (
	`id` integer PRIMARY KEY NOT NULL,
	`plan` text NOT NULL,
	`locale` text NOT NULL,
	`currency` text NOT NULL,
	`timezone` text NOT NULL,
	CONSTRAINT "plan_known" CHECK("plan" = 'quickwin' or "plan" = 'essentials' or "plan" = 'growth')
);
--> statement-breakpoint
CREATE INDEX `users_staff` ON `users` (`staff`);