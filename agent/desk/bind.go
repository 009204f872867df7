package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bianmin/core/casefile"
)

// pdf is the media type of a document.
const pdf = "application/pdf"

var errNoPage = errors.New("a page of the document is not on the disk")

// bind makes one document of the pages of each material that the office expects so. The draft keeps the single pages until the case
// is filed; what was bound for a filing that failed stays loose.
func (f *filing) bind(ctx context.Context, book Book, p *filingPart) error {
	materials := slices.Clone(p.submission.Materials)
	files := slices.Clone(p.files)
	for _, at := range p.documents {
		pages := slices.Clone(materials[at].Pages)
		document, err := f.document(ctx, book, files, pages)
		if err != nil {
			return fmt.Errorf("make a document: %w", err)
		}
		for i := range pages {
			files = slices.DeleteFunc(files, func(file casefile.Attachment) bool { return file.Digest == pages[i].Attachment })
			pages[i].Attachment, pages[i].MediaType, pages[i].Number = document.Digest, document.MediaType, i+1
		}
		materials[at].Pages, files = pages, append(files, document)
	}
	p.submission.Materials, p.files, p.documents = materials, files, nil
	return nil
}

// document keeps the pages as one sealed file.
func (f *filing) document(ctx context.Context, book Book, files []casefile.Attachment, pages []casefile.Page) (casefile.Attachment, error) {
	var contents [][]byte
	defer func() {
		for _, content := range contents {
			clear(content)
		}
	}()
	for _, page := range pages {
		at := slices.IndexFunc(files, func(file casefile.Attachment) bool { return file.Digest == page.Attachment })
		if at < 0 {
			return casefile.Attachment{}, errNoPage
		}
		content, err := readAll(ctx, book, files[at])
		contents = append(contents, content)
		if err != nil {
			return casefile.Attachment{}, err
		}
	}
	bound, err := f.paper.Bind(contents)
	if err != nil {
		return casefile.Attachment{}, err
	}
	defer clear(bound)
	document, err := book.Attach(ctx, pdf, bound)
	if err != nil {
		return casefile.Attachment{}, fmt.Errorf("keep it: %w", err)
	}
	f.loose.add(document.Digest)
	return document, nil
}

// unbound gives the one page of a document that a record names, and says what it is.
func unbound(paper Paper, document []byte, number int) (content []byte, mediaType string, err error) {
	pages, err := paper.Unbind(document)
	if err != nil {
		return nil, "", err
	}
	for i, page := range pages {
		if i != number-1 {
			clear(page)
		}
	}
	if number < 1 || number > len(pages) {
		return nil, "", errNoPage
	}
	if content = pages[number-1]; len(content) > 0 && content[0] == 0x89 {
		return content, "image/png", nil
	}
	return content, "image/jpeg", nil
}
