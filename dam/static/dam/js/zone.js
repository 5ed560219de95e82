// Tells the server where this browser is, for people who have chosen no time zone: a cookie of its name.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const known = document.cookie.split("; ").includes(`time_zone=${encodeURIComponent(zone)}`);

if (zone && !known) {
  const year = 365 * 24 * 3600;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `time_zone=${encodeURIComponent(zone)}; path=/; max-age=${year}; samesite=lax${secure}`;
}
