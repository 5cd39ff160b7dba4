"use strict";
// Signs a review in the page: an in-toto Statement in a DSSE envelope, ECDSA P-256 over SHA-256.
// Nothing is sent; a content security policy forbids every connection.
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("review-data").textContent);
  const record = JSON.parse(data.record);
  const subtle = window.isSecureContext && window.crypto ? window.crypto.subtle : undefined;
  const utf8 = (text) => new TextEncoder().encode(text);
  const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  const sha256 = async (bytes) => hex(new Uint8Array(await subtle.digest("SHA-256", bytes)));
  const expires = Date.parse(record.review.expires_at);
  let signing = null; // what was checked and waits for the second button
  let url = null;

  class Refusal extends Error {
    constructor(field, message) {
      super(message);
      this.field = field;
    }
  }

  // ---------------------------------------------------------------- bytes
  const base64 = (bytes) => {
    let text = "";
    for (let i = 0; i < bytes.length; i += 4096) {
      text += String.fromCharCode(...bytes.subarray(i, i + 4096));
    }
    return btoa(text);
  };
  const unbase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    parts.reduce((at, p) => (all.set(p, at), at + p.length), 0);
    return all;
  };

  // The spelling of numbers and keys is that of the reader, which accepts only one.
  const number = (value) => String(Math.abs(value) < 1e-4 && value !== 0
    ? value.toExponential().replace(/e-(\d)$/, "e-0$1") : value);
  const canonical = (value) => {
    if (typeof value === "number") return number(value);
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value !== null && typeof value === "object") {
      const keys = Object.keys(value).sort();
      return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join(",")}}`;
    }
    return JSON.stringify(value);
  };
  const yaml = (value) => canonical(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

  // ---------------------------------------------------------------- the key
  // One element of DER: its tag, its content and where the next begins.
  const element = (bytes, at, tag) => {
    let size = bytes[at + 1];
    let start = at + 2;
    if (size > 0x84 || size === 0x80) throw new Refusal("key", "This key file cannot be read.");
    if (size & 0x80) {
      const count = size & 0x7f;
      size = 0;
      for (let i = 0; i < count; i += 1) size = size * 256 + bytes[start + i];
      start += count;
    }
    const end = start + size;
    if (!(end <= bytes.length) || bytes[at] !== tag) {
      throw new Refusal("key", "This key file cannot be read.");
    }
    return { body: bytes.subarray(start, end), end };
  };
  const children = (bytes) => {
    const found = [];
    for (let at = 0; at < bytes.length;) {
      const one = element(bytes, at, bytes[at]);
      found.push({ tag: bytes[at], body: one.body });
      at = one.end;
    }
    return found;
  };
  const OID = {
    PBES2: "2a864886f70d01050d",
    PBKDF2: "2a864886f70d01050c",
    prf: { "2a864886f70d0207": "SHA-1", "2a864886f70d0209": "SHA-256",
      "2a864886f70d020a": "SHA-384", "2a864886f70d020b": "SHA-512" },
    aes: { "608648016503040102": 128, "60864801650304012a": 256 },
  };
  const MAX_ROUNDS = 10000000;
  const unsupported = () => new Refusal("key", "The protection of this key is not one that a " +
    "browser can open (PBES2 with PBKDF2 and AES-128 or AES-256). Sign with the command line.");

  // RFC 8018: EncryptedPrivateKeyInfo with PBES2, PBKDF2 and AES in CBC mode.
  const decrypted = async (der, passphrase) => {
    const [algorithm, hidden] = children(element(der, 0, 0x30).body);
    const [scheme, parameters] = children(algorithm.body);
    if (hex(scheme.body) !== OID.PBES2) throw unsupported();
    const [derivation, cipher] = children(parameters.body).map((p) => children(p.body));
    if (hex(derivation[0].body) !== OID.PBKDF2) throw unsupported();
    const [salt, rounds, ...more] = children(derivation[1].body);
    const stated = more.find((m) => m.tag === 0x30);
    const hash = stated ? OID.prf[hex(children(stated.body)[0].body)] : "SHA-1";
    const length = OID.aes[hex(cipher[0].body)];
    const iterations = rounds.body.reduce((n, b) => n * 256 + b, 0);
    if (!hash || !length || salt.tag !== 0x04 || iterations > MAX_ROUNDS) throw unsupported();
    const secret = await subtle.importKey("raw", utf8(passphrase), "PBKDF2", false, ["deriveKey"]);
    const key = await subtle.deriveKey(
      { name: "PBKDF2", hash, salt: salt.body, iterations }, secret,
      { name: "AES-CBC", length }, false, ["decrypt"]);
    try {
      const plain = await subtle.decrypt({ name: "AES-CBC", iv: cipher[1].body }, key, hidden.body);
      return new Uint8Array(plain);
    } catch {
      throw new Refusal("pass", "The passphrase does not open the key.");
    }
  };

  const pemOf = (text) => text.match(/-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/);
  const readPem = async () => {
    const file = byId("key").files[0];
    if (!file) throw new Refusal("key", "Choose the file with your private key.");
    if (file.size > 10000) throw new Refusal("key", "This is no key file: it is too large.");
    const found = pemOf(await file.text());
    if (!found || !/^(ENCRYPTED )?PRIVATE KEY$/.test(found[1])) {
      throw new Refusal("key", "This is no private key in PEM (PKCS 8), as `dutybound keys new` " +
        "writes it. Other forms: openssl pkcs8 -topk8 -in KEY -out NEW.");
    }
    return { hidden: found[1].startsWith("ENCRYPTED"), der: unbase64(found[2].replace(/\s/g, "")) };
  };

  // The key as a signer that cannot be exported, and its fingerprint as the trust file names it.
  const openKey = async () => {
    const pem = await readPem();
    byId("pass-part").hidden = !pem.hidden;
    const passphrase = byId("pass").value;
    if (pem.hidden && !passphrase) {
      throw new Refusal("pass", "The key is protected by a passphrase. Give it.");
    }
    const der = pem.hidden ? await decrypted(pem.der, passphrase) : pem.der;
    const kind = { name: "ECDSA", namedCurve: "P-256" };
    let half;
    try {
      half = await subtle.exportKey("jwk", await subtle.importKey("pkcs8", der, kind, true, ["sign"]));
    } catch {
      throw new Refusal(pem.hidden ? "pass" : "key", pem.hidden
        ? "The passphrase does not open the key, or it is not one on the curve P-256."
        : "The key is not one on the curve P-256.");
    }
    const verifier = await subtle.importKey("jwk",
      { kty: "EC", crv: "P-256", x: half.x, y: half.y }, kind, true, ["verify"]);
    const spki = new Uint8Array(await subtle.exportKey("spki", verifier));
    const signer = await subtle.importKey("pkcs8", der, kind, false, ["sign"]);
    return { signer, verifier, fingerprint: await sha256(spki) };
  };

  // r and s, 32 bytes each, as SEQUENCE of two INTEGER.
  const asDer = (raw) => {
    const integer = (bytes) => {
      let at = 0;
      while (at < bytes.length - 1 && bytes[at] === 0) at += 1;
      const short = bytes.subarray(at);
      const body = short[0] & 0x80 ? joined(Uint8Array.of(0), short) : short;
      return joined(Uint8Array.of(2, body.length), body);
    };
    const both = joined(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
    return joined(Uint8Array.of(0x30, both.length), both);
  };

  const envelope = async (payload, key) => {
    const type = "application/vnd.in-toto+json";
    const signed = joined(utf8(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload);
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    const raw = new Uint8Array(await subtle.sign(algorithm, key.signer, signed));
    if (!await subtle.verify(algorithm, key.verifier, raw, signed)) {
      throw new Refusal("key", "The browser gave a signature that does not hold.");
    }
    return `${canonical({ payload: base64(payload), payloadType: type,
      signatures: [{ keyid: key.fingerprint, sig: base64(asDer(raw)) }] })}\n`;
  };

  // ---------------------------------------------------------------- time
  const now = () => new Date().toISOString().slice(0, 19) + "Z";
  const expired = () => Date.now() >= expires;
  let seen = 0; // milliseconds during which the page was visible
  let since = document.visibilityState === "visible" ? performance.now() : null;
  const seconds = () => Math.round((seen + (since === null ? 0 : performance.now() - since)) / 1000);
  document.addEventListener("visibilitychange", () => {
    if (since !== null) seen += performance.now() - since;
    since = document.visibilityState === "visible" ? performance.now() : null;
  });
  const left = (ms) => {
    const minutes = Math.max(0, Math.ceil(ms / 60000));
    const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
    const parts = [[days, "day"], [hours, "hour"], [minutes % 60, "minute"]].filter((p) => p[0]);
    return parts.map(([n, word]) => `${n} ${word}${n === 1 ? "" : "s"}`).join(" ") || "0 minutes";
  };
  let warned = false;
  const tick = () => {
    const ms = expires - Date.now();
    if (ms <= 0) return close();
    byId("left").textContent = `Time left: ${left(ms)}.`;
    if (ms <= 600000 && !warned) {
      warned = true;
      byId("status").textContent = `Less than ten minutes are left. After that the page refuses a review, and the decision is denied.`;
    }
    return setTimeout(tick, Math.min(ms, 15000));
  };
  const close = () => {
    byId("left").textContent = "Time left: none.";
    byId("status").textContent = "This review has expired. The page no longer records one; without a review the decision is denied.";
    byId("form").hidden = true;
    byId("confirm").hidden = true;
    signing = null;
  };

  // ---------------------------------------------------------------- what the reviewer decided
  const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
  const clean = (id) => byId(id).value.replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")
    .replace(/[\ud800-\udfff]/gu, "\ufffd").trim();
  const chosen = () => {
    const found = document.querySelector("input[name=outcome]:checked");
    return found ? found.value : "";
  };
  const stated = () => {
    const wrong = [];
    const need = (id, holds, message) => { if (!holds) wrong.push(new Refusal(id, message)); };
    const outcome = chosen();
    const found = { outcome, decided: clean("decided"), code: clean("code"),
      reason: clean("reason"), author: clean("author"), issuer: clean("issuer") };
    need("agree", outcome, "Choose what you decide: agree, override or escalate.");
    if (outcome === "override") {
      need("decided", found.decided, "Say what you decide instead.");
      need("decided", found.decided !== record.output.decision,
        "This is what the system decided. To leave it as it is, choose that you agree.");
      need("code", found.code, "Choose the kind of reason.");
    }
    need("reason", found.reason, "Give the reason in your own words.");
    need("author", NAME.test(found.author), "Give your short name as in the trust file: letters, digits, `.`, `_`, `-`.");
    need("issuer", NAME.test(found.issuer), "Give the short name of your organisation as in the trust file.");
    return { found, wrong };
  };
  const belongs = (key, found) => {
    if (data.trusted === null) return;
    const holder = data.trusted.find((t) => t.fingerprint === key.fingerprint);
    if (!holder) throw new Refusal("key", "This key is not one that the trust file of this page names.");
    if (holder.person !== found.author) {
      throw new Refusal("author", `This key belongs to ${holder.person}, not to ${found.author}.`);
    }
    if (holder.organisation !== found.issuer) {
      throw new Refusal("issuer", `This key belongs to somebody at ${holder.organisation}.`);
    }
    const today = now().slice(0, 10);
    if (today < holder.valid_from || (holder.valid_until && today > holder.valid_until)) {
      throw new Refusal("key", "This key may not sign today, the trust file of this page says.");
    }
  };

  const WORDS = { agree: "upheld", escalate: "escalated", override: "overridden" };
  const nameOf = (author) => {
    const name = `review-${record.id}-${author}`;
    return name.length <= 100 ? name : `review-${data.sha256.slice(0, 32)}-${author.slice(0, 60)}`;
  };
  const claimOf = (found) => {
    const override = found.outcome === "override";
    const [kind, part] = override ? ["override", "override"] : ["review_outcome", "review_outcome"];
    const { confidence, score } = record.output;
    const more = { action_sha256: data.sha256, output: record.output.decision, seconds: seconds(),
      decided_at: record.at, expires_at: record.review.expires_at, reviewers: record.review.reviewers || 1 };
    if (typeof confidence === "number") more.confidence = confidence;
    if (typeof score === "number") more.score = score;
    if (override) more.reason_code = found.code;
    const body = { of: record.id, reason: found.reason, arguments: more, ...(override
      ? { computed: record.output.decision, decided: found.decided }
      : { outcome: WORDS[found.outcome] }) };
    const today = now().slice(0, 10);
    return { ...data.base, id: nameOf(found.author), kind,
      what: `Review of decision ${record.id} of ${record.system} ${record.version}: ${WORDS[found.outcome]}.`,
      system: record.system, version: record.version, author: found.author, issuer: found.issuer,
      made_on: today, valid_until: record.review.expires_at.slice(0, 10), [part]: body };
  };
  const subject = () => ({ [data.file]: data.sha256 });
  const statementOf = (claim) => utf8(canonical({
    _type: "https://in-toto.io/Statement/v1",
    subject: Object.entries(subject()).map(([name, digest]) => ({ name, digest: { sha256: digest } })),
    predicateType: data.types[claim.kind],
    predicate: { ...claim, signed_at: now() },
  }));
  const claimFile = (claim) => Object.entries({ dutybound: "claim/1", ...claim, subject: subject() })
    .map(([key, value]) => `${key}: ${yaml(value)}\n`).join("");

  // ---------------------------------------------------------------- the form
  const FIELDS = ["agree", "decided", "code", "reason", "author", "issuer", "key", "pass"];
  const show = (wrong) => {
    for (const id of FIELDS) {
      const first = wrong.find((w) => w.field === id);
      byId(`${id}-error`).textContent = first ? first.message : "";
      byId(`${id}-error`).hidden = !first;
      const inputs = id === "agree" ? document.querySelectorAll("input[name=outcome]") : [byId(id)];
      for (const one of inputs) {
        if (first) one.setAttribute("aria-invalid", "true"); else one.removeAttribute("aria-invalid");
      }
    }
    const list = byId("error-list");
    list.replaceChildren(...wrong.map((w) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${w.field}`;
      link.textContent = w.message;
      link.addEventListener("click", (event) => { event.preventDefault(); byId(w.field).focus(); });
      item.append(link);
      return item;
    }));
    byId("errors").hidden = !wrong.length;
    if (wrong.length) byId("errors").focus();
    return !wrong.length;
  };
  const save = (id, name, text, type) => {
    if (url) URL.revokeObjectURL(url);
    url = URL.createObjectURL(new Blob([text], { type }));
    byId(id).href = url;
    byId(id).download = name;
    byId(id).textContent = `Save ${name} again`;
    byId(id).click();
  };
  const retract = () => { byId("confirm").hidden = true; signing = null; };

  const summary = (found, key) => {
    const rows = [["You decide", WORDS[found.outcome]]];
    if (found.outcome === "override") {
      rows.push(["The system decided", record.output.decision], ["Instead you decide", found.decided],
        ["Kind of reason", found.code]);
    }
    rows.push(["Reason", found.reason], ["Reviewer", `${found.author}, ${found.issuer}`],
      ["Decision, sha256", data.sha256]);
    if (key) rows.push(["Your key", key.fingerprint]);
    byId("confirm-list").replaceChildren(...rows.flatMap(([term, text]) => {
      const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
      dt.textContent = term;
      dd.textContent = text;
      return [dt, dd];
    }));
  };
  const check = async (withKey) => {
    if (expired()) return close();
    const { found, wrong } = stated();
    let key = null;
    if (withKey) {
      try {
        key = await openKey();
        if (!wrong.length) belongs(key, found);
      } catch (error) {
        wrong.push(error instanceof Refusal ? error : new Refusal("key", "This key file cannot be read."));
      }
    }
    if (!show(wrong)) return retract();
    signing = { found, key };
    summary(found, key);
    byId("sign").textContent = key ? "Sign and save" : "Save unsigned";
    byId("form").hidden = true;
    byId("confirm").hidden = false;
    return byId("confirm-title").focus();
  };
  const finish = async () => {
    if (expired()) return close();
    if (!signing) return undefined;
    const { found, key } = signing;
    const claim = claimOf(found);
    const name = key ? `${claim.id}.dsse.json` : `${claim.id}.yaml`;
    byId("done-file").textContent = name;
    byId("done-signed").hidden = !key;
    byId("done-unsigned").hidden = Boolean(key);
    for (const one of document.querySelectorAll(".made")) one.textContent = claim.id;
    save("save", name, key ? await envelope(statementOf(claim), key) : claimFile(claim),
      key ? "application/json" : "application/yaml");
    retract();
    byId("pass").value = "";
    byId("key").value = "";
    byId("done").hidden = false;
    return byId("done-title").focus();
  };

  // ---------------------------------------------------------------- beginning
  const same = async () => {
    const shown = byId("shown").textContent.replace(/[ \t\n]/g, "");
    const [record256, shown256] = [await sha256(utf8(data.record)), await sha256(utf8(shown))];
    return record256 === data.sha256 && shown256 === data.shown;
  };
  const open = () => {
    const outcomes = document.querySelectorAll("input[name=outcome]");
    for (const one of outcomes) {
      one.checked = false; // also what a browser remembered
      one.addEventListener("change", () => { byId("override-part").hidden = chosen() !== "override"; });
    }
    byId("form").hidden = false;
    byId("key-part").hidden = !subtle;
    byId("check").hidden = !subtle;
    byId("no-crypto").hidden = Boolean(subtle);
    byId("form").addEventListener("submit", (event) => {
      event.preventDefault();
      check(Boolean(subtle));
    });
    byId("unsigned").addEventListener("click", () => { check(false); });
    byId("sign").addEventListener("click", () => { finish().catch((error) => {
      byId("form").hidden = false;
      retract();
      show([error instanceof Refusal ? error : new Refusal("key", "The review could not be signed.")]);
    }); });
    byId("change").addEventListener("click", () => {
      retract();
      byId("form").hidden = false;
      byId("agree").focus();
    });
    byId("key").addEventListener("change", async () => {
      try {
        byId("pass-part").hidden = !(await readPem()).hidden;
      } catch {
        byId("pass-part").hidden = true;
      }
    });
    tick();
  };
  const start = async () => {
    byId("no-script").hidden = true;
    byId("record-part").hidden = false;
    byId("record").addEventListener("click", () => {
      save("record-save", data.file, data.record, "application/json");
      byId("record-save").hidden = false;
    });
    if (expired()) return close();
    if (subtle && !await same()) {
      byId("changed").hidden = false;
      byId("status").textContent = "This page was changed since it was written. It records no review.";
      byId("record-part").hidden = true;
      return undefined;
    }
    return open();
  };
  start();
})();
