"""Messages to programs elsewhere, as the Standard Webhooks specification has them (standardwebhooks.com)."""
