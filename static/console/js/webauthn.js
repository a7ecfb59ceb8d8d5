// Forms with data-webauthn ("create" or "get"): ask the browser for a credential, put its JSON into the form, send it.

const BINARY = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function base64url(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decoded(options) {
  const described = (list) => list?.map((item) => ({ ...item, id: bytes(item.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: options.user && { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: described(options.excludeCredentials),
    allowCredentials: described(options.allowCredentials),
  };
}

function encoded(credential) {
  const present = BINARY.filter((name) => credential.response[name]);
  return JSON.stringify({
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(present.map((name) => [name, base64url(credential.response[name])])),
    clientExtensionResults: {},
  });
}

async function answer(form) {
  const failed = form.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    const publicKey = decoded(JSON.parse(form.dataset.options));
    const credential = await navigator.credentials[form.dataset.webauthn]({ publicKey });
    form.querySelector("[data-credential]").value = encoded(credential);
    form.submit();
  } catch {
    failed.hidden = false;
  }
}

for (const form of document.querySelectorAll("[data-webauthn]")) {
  if (!window.PublicKeyCredential) continue;
  form.querySelector("[data-unsupported]").hidden = true;
  form.querySelector("button").disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form);
  });
}
