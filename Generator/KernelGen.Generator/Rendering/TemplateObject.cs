using System.Collections;
using Scriban.Runtime;

namespace KernelGen.Generator.Rendering;

/// <summary>Names and values: the model of a template, or an object inside one. Templates can read it, not change it.</summary>
/// <remarks><code>new TemplateObject { { "head_dim", 40 }, { "causal", true }, { "tiles", new[] { 8, 16 } } }</code></remarks>
internal sealed class TemplateObject : IEnumerable
{
    public ScriptObject Members { get; } = [];

    /// <summary>Adds an integer.</summary>
    /// <param name="name">A snake_case name that Scriban does not reserve.</param>
    public void Add(string name, int value) => AddMember(name, value);

    public void Add(string name, long value) => AddMember(name, value);

    public void Add(string name, bool value) => AddMember(name, value);
    public void Add(string name, string value) => AddMember(name, value ?? throw new ArgumentNullException(nameof(value)));
    public void Add(string name, TemplateObject value) => AddMember(name, value.Members);

    public void Add(string name, IEnumerable<TemplateObject> items) => AddList(name, items.Select(static item => item.Members));
    public void Add(string name, IEnumerable<int> items) => AddList(name, items.Cast<object>());
    public void Add(string name, IEnumerable<string> items) => AddList(name, items);

    IEnumerator IEnumerable.GetEnumerator() => Members.Keys.GetEnumerator();

    private void AddList(string name, IEnumerable<object> items) => AddMember(name, new ScriptArray(items));

    private void AddMember(string name, object value)
    {
        if (!TemplateNames.IsSnakeCase(name))
            throw new ArgumentException(
                $"'{name}' is not a template name: use lower-case letters, digits and '_', not starting with a digit.", nameof(name));
        if (TemplateNames.IsReserved(name))
            throw new ArgumentException($"'{name}' is reserved by Scriban; choose another name.", nameof(name));
        if (Members.ContainsKey(name))
            throw new ArgumentException($"'{name}' is there already; a name has one value.", nameof(name));
        Members.Add(name, value);
    }
}
