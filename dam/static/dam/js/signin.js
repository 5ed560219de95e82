// A press on a demo person signs in as them.

document.addEventListener("click", (event) => {
  const person = event.target.closest("[data-sign-in]");
  if (!person) return;
  const form = document.getElementById("signin");
  form.elements.login.value = person.dataset.signIn;
  form.elements.password.value = person.dataset.password;
  form.requestSubmit();
});
