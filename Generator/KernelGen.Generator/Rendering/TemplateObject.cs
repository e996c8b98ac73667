using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace KernelGen.Generator.Rendering;

/// <summary>Names and values: the model of a template, or an object inside one.</summary>
/// <remarks><code>new TemplateObject { { "head_dim", 40 }, { "causal", true }, { "tiles", new[] { 8, 16 } } }</code></remarks>
internal sealed class TemplateObject : IEnumerable<KeyValuePair<string, TemplateValue>>
{
    private readonly Dictionary<string, TemplateValue> _values = new(StringComparer.Ordinal);

    /// <summary>The names in ordinal order, as messages list them.</summary>
    public IEnumerable<string> Names => _values.Keys.OrderBy(name => name, StringComparer.Ordinal);

    /// <summary>Adds a value.</summary>
    /// <param name="name">A snake_case name that Scriban does not reserve.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">The name is not snake_case, is reserved, or is there already.</exception>
    public void Add(string name, TemplateValue value)
    {
        if (!TemplateNames.IsSnakeCase(name))
            throw new ArgumentException($"'{name}' is not a template name: use lower-case letters, digits and '_', not starting with a digit.", nameof(name));
        if (TemplateNames.IsReserved(name))
            throw new ArgumentException($"'{name}' is reserved by Scriban; choose another name.", nameof(name));
        if (_values.ContainsKey(name))
            throw new ArgumentException($"'{name}' is there already; a name has one value.", nameof(name));
        _values.Add(name, value);
    }

    /// <summary>Adds a list of values.</summary>
    public void Add(string name, IEnumerable<TemplateValue> items) => Add(name, TemplateValue.FromList(items));

    /// <summary>Adds a list of objects.</summary>
    public void Add(string name, IEnumerable<TemplateObject> items) => Add(name, TemplateValue.FromList(items.Select(item => (TemplateValue)item)));

    /// <summary>Adds a list of integers.</summary>
    public void Add(string name, IEnumerable<int> items) => Add(name, TemplateValue.FromList(items.Select(item => (TemplateValue)item)));

    /// <summary>Adds a list of integers.</summary>
    public void Add(string name, IEnumerable<long> items) => Add(name, TemplateValue.FromList(items.Select(item => (TemplateValue)item)));

    /// <summary>Adds a list of strings.</summary>
    public void Add(string name, IEnumerable<string> items) => Add(name, TemplateValue.FromList(items.Select(item => (TemplateValue)item)));

    /// <summary>Looks a name up.</summary>
    public bool TryGetValue(string name, out TemplateValue value) => _values.TryGetValue(name, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TemplateValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
