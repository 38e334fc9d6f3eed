ALTER TABLE `budgets` ADD `ends_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `policy_mode_changes` ADD `tell_at` integer;--> statement-breakpoint
CREATE INDEX `policy_mode_changes_untold` ON `policy_mode_changes` (`tell_at`) WHERE tell_at is not null;