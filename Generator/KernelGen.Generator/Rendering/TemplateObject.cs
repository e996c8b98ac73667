using System;
using System.Collections;
using System.Collections.Generic;
using Scriban.Runtime;

namespace KernelGen.Generator.Rendering;

/// <summary>Names and values: the model of a template, or an object inside one. Templates can read it, not change it.</summary>
/// <remarks><code>new TemplateObject { { "head_dim", 40 }, { "causal", true }, { "tiles", new[] { 8, 16 } } }</code></remarks>
internal sealed class TemplateObject : IEnumerable
{
    /// <summary>What Scriban sees.</summary>
    public ScriptObject Members { get; } = [];

    /// <summary>Adds an integer.</summary>
    /// <param name="name">A snake_case name that Scriban does not reserve.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">The name is not snake_case, is reserved, or is there already.</exception>
    public void Add(string name, int value) => AddMember(name, value);

    /// <inheritdoc cref="Add(string, int)"/>
    public void Add(string name, long value) => AddMember(name, value);

    /// <summary>Adds a boolean.</summary>
    public void Add(string name, bool value) => AddMember(name, value);

    /// <summary>Adds a string; it must not be null.</summary>
    public void Add(string name, string value) => AddMember(name, value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>Adds an object.</summary>
    public void Add(string name, TemplateObject value) => AddMember(name, value.Members);

    /// <summary>Adds a list of objects.</summary>
    public void Add(string name, IEnumerable<TemplateObject> items)
    {
        ScriptArray list = [];
        foreach (TemplateObject item in items)
            list.Add(item.Members);
        AddMember(name, list);
    }

    /// <summary>Adds a list of integers.</summary>
    public void Add(string name, IEnumerable<int> items)
    {
        ScriptArray list = [];
        foreach (int item in items)
            list.Add(item);
        AddMember(name, list);
    }

    /// <summary>Adds a list of strings.</summary>
    public void Add(string name, IEnumerable<string> items)
    {
        ScriptArray list = [];
        foreach (string item in items)
            list.Add(item);
        AddMember(name, list);
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => Members.Keys.GetEnumerator();

    private void AddMember(string name, object value)
    {
        if (!TemplateNames.IsSnakeCase(name))
            throw new ArgumentException($"'{name}' is not a template name: use lower-case letters, digits and '_', not starting with a digit.", nameof(name));
        if (TemplateNames.IsReserved(name))
            throw new ArgumentException($"'{name}' is reserved by Scriban; choose another name.", nameof(name));
        if (Members.ContainsKey(name))
            throw new ArgumentException($"'{name}' is there already; a name has one value.", nameof(name));
        Members.Add(name, value);
    }
}
