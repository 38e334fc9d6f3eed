ALTER TABLE `oauth_states` ADD `taken_by` text;--> statement-breakpoint
ALTER TABLE `oauth_states` ADD `taken_at` integer;--> statement-breakpoint
ALTER TABLE `oauth_states` ADD `end` text;