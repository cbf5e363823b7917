// GraphiQL from pinned files of a network of mirrors: an older major, the last one that comes as files to be pinned.
(() => {
  "use strict";
  const { penstock } = window;
  const patience = setTimeout(penstock.fallBack, 5000);

  document.addEventListener("DOMContentLoaded", () => {
    clearTimeout(patience);
    const { React, ReactDOM, GraphiQL } = window;
    const place = React && ReactDOM && GraphiQL ? penstock.takeOver() : null;
    if (place === null) return;
    const root = ReactDOM.createRoot(place);
    const render = () =>
      root.render(
        React.createElement(GraphiQL, {
          // A new function each time: that is what makes it ask for the schema again.
          fetcher: (request, given) => penstock.send(request, given?.headers),
          storage: penstock.storage,
          defaultTabs: [{ query: penstock.options.query }],
          defaultQuery: "",
          defaultEditorToolsVisibility: false,
          shouldPersistHeaders: false,
          showPersistHeadersSettings: false,
        }),
      );
    penstock.onSchemaChange(render);
    render();
  });
})();
