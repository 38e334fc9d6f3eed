ALTER TABLE `oauth_states` ADD `shown_as` text;--> statement-breakpoint
ALTER TABLE `oauth_states` ADD `shown` text;--> statement-breakpoint
ALTER TABLE `oauth_states` ADD `sealed_grant` text;--> statement-breakpoint
ALTER TABLE `oauth_states` ADD `debt_id` text;--> statement-breakpoint
ALTER TABLE `oauth_states` ADD `answered_by` text;