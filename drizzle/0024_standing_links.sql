ALTER TABLE `magic_links` ADD `mail_due_at` integer;--> statement-breakpoint
CREATE INDEX `magic_links_mail` ON `magic_links` (`mail_due_at`) WHERE mail_due_at is not null;