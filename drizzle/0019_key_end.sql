ALTER TABLE `connections` ADD `ends_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `end_told` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `end_look_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `kept_at` integer;--> statement-breakpoint
CREATE INDEX `connections_end` ON `connections` (`end_look_at`) WHERE end_look_at is not null;