// Files go in pieces and go on where a line broke off; without scripts the form sends one as a whole.
"use strict";

(() => {
  const form = document.querySelector("form[data-uploads]");
  if (!form || !window.tus || !tus.isSupported) return;

  const words = form.dataset;
  const list = form.querySelector("[data-sending]");
  const input = form.querySelector("input[type=file]");
  const PIECE = 1000000;
  const WAITS_MS = [0, 1000, 3000, 5000, 10000, 20000];
  const PLACE = "backstop-uploads";

  // Where half a file waits, until this tab is closed: no name of a file stays on the device.
  const known = () => {
    try {
      return JSON.parse(sessionStorage.getItem(PLACE)) || {};
    } catch {
      return {};
    }
  };
  const keep = (all) => {
    try {
      sessionStorage.setItem(PLACE, JSON.stringify(all));
    } catch {
      // It is sent anew then, which does no harm.
    }
  };
  const storage = {
    findAllUploads: async () => Object.values(known()),
    findUploadsByFingerprint: async (mark) => (known()[mark] ? [known()[mark]] : []),
    removeUpload: async (mark) => {
      const all = known();
      delete all[mark];
      keep(all);
    },
    addUpload: async (mark, upload) => {
      const { uploadUrl, size, creationTime } = upload;
      keep({ ...known(), [mark]: { uploadUrl, size, creationTime, metadata: {}, urlStorageKey: mark } });
      return mark;
    },
  };
  const marked = (text) => {
    let mark = 5381;
    for (const sign of text) mark = (Math.imul(mark, 33) ^ sign.codePointAt(0)) >>> 0;
    return mark.toString(16);
  };
  const fingerprint = async (file, options) =>
    marked([options.endpoint, form.dataset.case, file.name, file.size, file.lastModified].join("|"));

  const row = (file) => {
    const item = list.appendChild(document.createElement("li"));
    const part = (tag, text = "") => {
      const made = item.appendChild(document.createElement(tag));
      made.textContent = text;
      return made;
    };
    part("strong", file.name);
    const bar = part("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const told = part("span");
    told.className = "soft";
    told.setAttribute("role", "status");
    const stop = part("button", words.stop);
    Object.assign(stop, { type: "button", className: "button plain" });
    return { item, bar, told, stop };
  };

  const problem = (error) => {
    const answer = error.originalResponse;
    try {
      const body = JSON.parse(answer.getBody());
      const english = document.documentElement.lang === "en";
      return english ? body.detail_en : body.detail;
    } catch {
      return words.failed;
    }
  };

  // One after the other: a thin line carries one file well, and nine not at all.
  const send = (file) =>
    new Promise((done) => {
      const shown = row(file);
      let stopped = false;
      const finish = (text, ok) => {
        shown.told.textContent = text;
        shown.stop.remove();
        window.removeEventListener("online", goOn);
        done(ok);
      };
      const headers = words.token ? { "Backstop-Form": words.token } : {};
      const metadata = { filename: file.name, keep_place: form.elements.keep_place.checked ? "yes" : "no" };
      const upload = new tus.Upload(file, {
        endpoint: words.uploads,
        chunkSize: PIECE,
        retryDelays: WAITS_MS,
        headers,
        metadata,
        fingerprint,
        urlStorage: storage,
        removeFingerprintOnSuccess: true,
        onProgress: (sent, all) => {
          shown.bar.value = (100 * sent) / all;
          shown.told.textContent = words.progress.replace("{n}", Math.floor((100 * sent) / all));
        },
        onSuccess: () => finish(words.done, true),
        onError: (error) => {
          if (stopped) return;
          if (error.originalResponse) finish(problem(error), false);
          else shown.told.textContent = words.waiting; // the line is down: it goes on by itself
        },
      });
      const goOn = () => upload.start();
      window.addEventListener("online", goOn);
      shown.stop.addEventListener("click", () => {
        stopped = true;
        upload.abort(true).catch(() => undefined);
        finish(words.stopped, false);
      });
      upload.findPreviousUploads().then((before) => {
        if (before.length) upload.resumeFromPreviousUpload(before[0]);
        upload.start();
      });
    });

  input.multiple = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.busy) return;
    const files = [...input.files];
    const large = files.find((file) => file.size > Number(input.dataset.mostBytes));
    if (large || !files.length || files.length > Number(words.left)) {
      input.setCustomValidity(large ? input.dataset.tooLarge : files.length ? words.tooMany : "");
      input.reportValidity();
      return;
    }
    form.dataset.busy = "yes";
    list.hidden = false;
    list.replaceChildren();
    const results = [];
    for (const file of files) results.push(await send(file));
    delete form.dataset.busy;
    if (results.every(Boolean)) location.replace(words.shown);
  }, true);
})();
